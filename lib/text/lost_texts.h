#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/known_columns.h"

namespace mtlkit {

// What a table has lost of what `known` tells apart, since it was converted
// without it (text/reading_history.h), a warning each, with the remedy: classes
// that stood for no value, and numbers of which several classes are spellings.
// `like` is what --like is to name. Nothing of tables that do not say how they
// were read.
std::vector<std::string> LostTexts(const Dataset& table,
                                   const KnownViews& known,
                                   const std::string& like);

}  // namespace mtlkit
