#pragma once

#include <string>

#include "eval/result.h"

namespace mtlkit {

// What the parts of the report for people have in common.

// A model's name as it may stand in a line that is no table's.
std::string ModelName(const Evaluation& evaluation, std::size_t model);
// Whether a model is one of those that are compared with a baseline.
bool IsCompared(const Evaluation& evaluation, std::size_t model);
// Whether gains are shown: over a baseline, or of several tasks over the best
// constants; whether a model has one, which it is, and what it is over.
bool HasGains(const Evaluation& evaluation);
bool HasGain(const Evaluation& evaluation, std::size_t model);
const Gain& GainShown(const Evaluation& evaluation, std::size_t model);
std::string GainBase(const Evaluation& evaluation);
// "3 tasks", or "2 of 3 tasks" where some have no part in a gain.
std::string TasksOf(const Evaluation& evaluation, const Gain& gain);

// The lines below the table: what was counted and left out, what chose the
// weights, how far the intervals can be trusted, the warnings.
std::string ClosingText(const Evaluation& evaluation);
// How far intervals can be trusted: which cover seeds, which are of few rows,
// and how many of many differences are chance.
std::string IntervalNotes(const Evaluation& evaluation);

}  // namespace mtlkit
