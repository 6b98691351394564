#pragma once

#include <nlohmann/json.hpp>

// Made once, in json_once.cpp: without an optimiser every source of the tests
// would compile all of it again.
extern template class nlohmann::basic_json<>;
