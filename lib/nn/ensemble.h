#pragma once

#include <string>

#include "base/view.h"
#include "nn/model.h"

namespace mtlkit {

// An ensemble as one network that predicts what its networks predict together,
// but for rounding: on the same inputs the layers of all, those of network k,
// numbered from 0, under PrefixOfNetwork(k); what they put out for a task are
// the members (Network::members) of one ensemble, network by network. A model
// of one network stays what it is.
Model AsOneNetwork(Model ensemble);
// What is in front of the names of a network's layers there: "network1." for 0.
std::string PrefixOfNetwork(Index number);
// Sets the parameters of a model to those of a network of such an ensemble.
void TakeNetwork(const Model& joined, Index number, Model* model);

}  // namespace mtlkit
