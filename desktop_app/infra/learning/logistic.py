"""Softmax classifiers by scikit-learn."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from desktop_app.domain.images import FloatMatrix

INVERSE_PENALTY = 30.0
"""C of the L2 penalty on unit vectors."""

MOST_STEPS = 200
TOLERANCE = 1e-3
NEVER = -1e4
"""The bias of a label without pictures."""


class LogisticLearner:
    """The CategoryLearner port: multinomial logistic regression with an L2 penalty, fitted by
    L-BFGS, every label weighted to count the same.

    scikit-learn takes about a second to import, so it is imported at the first fit. On one
    thread, because searching goes on meanwhile: for matrices of this size more of them mostly
    wait for each other, ten times as long on a busy machine.
    """

    method = f"logistic C={INVERSE_PENALTY:g} balanced 1"

    def fit(
        self, vectors: FloatMatrix, targets: NDArray[np.int64], n_labels: int
    ) -> tuple[FloatMatrix, NDArray[np.float32]]:
        """See CategoryLearner. Raises ValueError where fewer than two labels have pictures."""
        from sklearn.exceptions import ConvergenceWarning  # noqa: PLC0415
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
        from threadpoolctl import threadpool_limits  # noqa: PLC0415

        regression = LogisticRegression(
            C=INVERSE_PENALTY, class_weight="balanced", max_iter=MOST_STEPS, tol=TOLERANCE
        )
        with threadpool_limits(limits=1), warnings.catch_warnings():
            # A head that is nearly there is good enough: cross-validation tells how good.
            warnings.simplefilter("ignore", ConvergenceWarning)
            regression.fit(vectors, targets)
        weights = np.zeros((n_labels, vectors.shape[1]), np.float32)
        bias = np.full(n_labels, NEVER, np.float32)
        if len(regression.classes_) == 2:  # scikit-learn keeps the log-odds of the second only
            weights[regression.classes_] = np.outer([-0.5, 0.5], regression.coef_[0])
            bias[regression.classes_] = np.array([-0.5, 0.5]) * regression.intercept_[0]
        else:
            weights[regression.classes_] = regression.coef_
            bias[regression.classes_] = regression.intercept_
        return weights, bias
