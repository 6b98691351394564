#pragma once

#include <string>

#include "data/dataset.h"

namespace mtlkit {

// What peers with data of their own agree on once: tasks (classes, and centre
// and scale of regression), inputs (columns, categories) and fitted transforms,
// as a JSON text of names and digests. It says nothing of rows.
std::string AgreementOf(const Dataset& data);

// Demands that a peer's data (called `name`) are as agreed: kBadInput that
// names what differs.
void RequireAgreement(const std::string& agreed, const Dataset& data,
                      const std::string& name);

}  // namespace mtlkit
