#pragma once

#include "data/dataset.h"

namespace mtlkit {

// Labels of a task `from` as labels of a task `to` that says the same
// otherwise: with other classes, in another order, or numbers in place of
// classes that are numbers. Classes are the same if their names are, or their
// values where they are numbers; a class that `to` lacks is an unknown label,
// and labels of a set that `from` lacks are missing. Throws kBadInput where one
// cannot stand for the other, and where no label is known.
Labels MapLabels(const Task& from, const Labels& labels, const Task& to);

// Whether labels are the same number for number.
bool HaveSameLabels(const Task& a, const Task& b);

}  // namespace mtlkit
