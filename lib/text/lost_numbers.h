#pragma once

#include "base/reporter.h"
#include "text/table_plan.h"
#include "text/table_scan.h"

namespace mtlkit {

// Refuses numbers that where they are stored cannot hold (kBadInput, with the
// cell).
void RequireHeldNumbers(const TableScan& scan, const TablePlan& plan);

// Warns of numbers that are rounded where they are stored.
void WarnOfLostDigits(const TableScan& scan, const TablePlan& plan,
                      Reporter* reporter);

// Warns of columns that are taken for numbers though some have zeros in front,
// which codes have (01067) and numbers lose.
void WarnOfLostZeros(const TableScan& scan, Reporter* reporter);

}  // namespace mtlkit
