#pragma once

#include "base/reporter.h"
#include "text/table_plan.h"
#include "text/table_scan.h"

namespace mtlkit {

// Refuses numbers that where they are stored cannot hold (kBadInput, with the
// cell), and warns of whole numbers that it rounds.
void CheckNumbers(const TableScan& scan, const TablePlan& plan,
                  Reporter* reporter);

// Warns of columns that are taken for numbers though some have zeros in front,
// which codes have (01067) and numbers lose.
void WarnOfLostZeros(const TableScan& scan, Reporter* reporter);

}  // namespace mtlkit
