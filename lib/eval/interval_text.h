#pragma once

#include <string>

#include "eval/result.h"

namespace mtlkit {

// Which numbers of a table stand without an interval though there are draws,
// and why: "no interval: price of shared (1 row)", a line for each reason.
// What is undefined itself is shown so, and not named here.
std::string WithoutInterval(const Evaluation& evaluation);

}  // namespace mtlkit
