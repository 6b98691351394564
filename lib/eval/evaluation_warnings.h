#pragma once

#include "eval/join.h"
#include "eval/result.h"

namespace mtlkit {

// Adds what makes the numbers of an evaluation, complete otherwise, other than
// they seem: rows that made the model, labels that are unknown or missing.
void AddWarnings(const JoinedHead& head, Evaluation* evaluation);

}  // namespace mtlkit
