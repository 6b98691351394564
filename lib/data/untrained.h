#pragma once

#include <span>

#include "data/dataset.h"

namespace mtlkit {

// Makes labels of classes without training rows, in which class k has the share
// `frequencies[k]` of the labels, unknown ones; nothing where these are of
// something else than classes.
void ForgetUntrained(const Task& task, std::span<const double> frequencies,
                     Labels* labels);

}  // namespace mtlkit
