"""The workspace where a catalogue is learned: start, watching, result, versions, comparison."""
