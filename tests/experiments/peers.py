"""What a user would pick instead: predictions of other programs, one cell a
call. Boosted trees for each task apart, a random forest, ridge or logistic
regression, a plain network."""

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.preprocessing import StandardScaler


def _codes(inputs):
    """Categories as codes, for LightGBM."""
    return inputs.apply(lambda column: column.astype("category")
                        if not pd.api.types.is_numeric_dtype(column)
                        else column)


def _numbers(inputs, train):
    """Categories one-hot, missing numbers as medians of the training rows."""
    frame = pd.get_dummies(inputs, dtype=float)
    return frame.fillna(frame[train].median()).fillna(0).to_numpy(float)


def _scaled(inputs, train):
    x = _numbers(inputs, train)
    return StandardScaler().fit(x[train]).transform(x)


def _each_task(table, fold, x, fit):
    """One model a task, on the rows that have its label."""
    train, test = table.train(fold), table.test[fold]
    columns = []
    for name in table.labels.columns:
        y = table.labels[name].to_numpy()
        rows = train & ~np.isnan(y)
        columns.append(fit(x[rows], y[rows], x[test]))
    return np.stack(columns, axis=1)


def lightgbm(table, fold, seed):
    import lightgbm as lgb

    def fit(x, y, new):
        # A part of rows and columns a tree, or no seed would change a thing.
        settings = dict(n_estimators=300, learning_rate=0.05, subsample=0.9,
                        subsample_freq=1, colsample_bytree=0.9,
                        random_state=seed, n_jobs=2, verbose=-1)
        if table.measure == "auc":
            model = lgb.LGBMClassifier(**settings).fit(x, y)
            return model.predict_proba(new)[:, 1]
        return lgb.LGBMRegressor(**settings).fit(x, y).predict(new)

    return _each_task(table, fold, _codes(table.inputs), fit)


def forest(table, fold, seed):
    train, test = table.train(fold), table.test[fold]
    x = _numbers(table.inputs, train)
    settings = dict(n_estimators=300, random_state=seed, n_jobs=2)

    def fit(rows, y, new):
        if table.measure == "auc":
            model = RandomForestClassifier(**settings).fit(rows, y)
            return model.predict_proba(new)[:, 1]
        return RandomForestRegressor(**settings).fit(rows, y).predict(new)

    if table.measure == "auc" or table.labels.isna().any(axis=None):
        return _each_task(table, fold, x, fit)
    y = table.labels.to_numpy()[train]
    predictions = fit(x[train], y if y.shape[1] > 1 else y[:, 0], x[test])
    return predictions.reshape(test.sum(), -1)


def linear(table, fold, seed):
    del seed  # the optimum is one

    def fit(rows, y, new):
        if table.measure == "auc":
            model = LogisticRegression(max_iter=2000).fit(rows, y)
            return model.predict_proba(new)[:, 1]
        return RidgeCV(np.logspace(-3, 4, 15)).fit(rows, y).predict(new)

    return _each_task(table, fold, _scaled(table.inputs, table.train(fold)),
                      fit)


def network(table, fold, seed):
    """128-64 with Adam, stopped early on a tenth of the training rows."""
    train, test = table.train(fold), table.test[fold]
    x = _scaled(table.inputs, train)
    settings = dict(hidden_layer_sizes=(128, 64), early_stopping=True,
                    n_iter_no_change=20, max_iter=400, random_state=seed)
    y = table.labels.to_numpy()
    if table.measure == "auc":
        model = MLPClassifier(**settings).fit(x[train], y[train].astype(int))
        return model.predict_proba(x[test])

    def fit(rows, labels, new):
        mean, deviation = labels.mean(axis=0), labels.std(axis=0)
        model = MLPRegressor(**settings)
        model.fit(rows, (labels - mean) / deviation)
        return model.predict(new) * deviation + mean

    if table.labels.isna().any(axis=None):
        return _each_task(table, fold, x, fit)
    labels = y[train]
    predictions = fit(x[train], labels if y.shape[1] > 1 else labels[:, 0],
                      x[test])
    return predictions.reshape(test.sum(), -1)


PEERS = {"lightgbm": lightgbm, "forest": forest, "linear": linear,
         "network": network}
