#pragma once

#include <span>
#include <string>

#include "cotrain/collaboration.h"
#include "cotrain/publication.h"

namespace mtlkit {

// Writes a file of predictions: the mean over peers of what they published, of
// each task on the rows that all of its peers published.
void MergePredictions(const Collaboration& run,
                      std::span<const Publication> publications,
                      const std::string& provenance, const std::string& output);

}  // namespace mtlkit
