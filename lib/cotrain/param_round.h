#pragma once

#include <map>
#include <string>
#include <vector>

#include "cotrain/exchanged.h"
#include "cotrain/method.h"

namespace mtlkit {

// What methods that exchange parameters make of a round: what of them is
// exchanged (--params, --buffers), and the aggregate of what peers published
// (--aggregate). Needs no rows: data and rows of the arguments may be empty, so
// that a merge can plan a round, too.
class ParamRound {
 public:
  // `params`: as the peer's round before left them.
  ParamRound(const RoundArgs& args, const Params& params);

  // Nobody has published: all start alike.
  bool is_first() const { return peers_ == 0; }
  const Exchanged& exchanged() const { return exchanged_; }
  // The peer's own numbers, and those of the peers together (its own in the
  // first round).
  const std::vector<Real>& own() const { return own_; }
  const std::vector<Real>& together() const { return together_; }
  // What a user should know of it, or "".
  const std::string& note() const { return note_; }

 private:
  Exchanged exchanged_;
  std::vector<Real> own_;
  std::vector<Real> together_;
  std::size_t peers_ = 0;
  std::string note_;
};

// What a server would keep, if there was one. Every peer works it out from the
// same publications, and publishes it with its own parameters, as arrays
// `server-...`: so that it needs no place of its own, and a round stays a
// function of what it reads.
struct ServerState {
  // The numbers of ParamRound::exchanged that the last round started from.
  std::vector<Real> center;
  // Further memory of as many numbers each.
  std::map<std::string, std::vector<Real>> slots;

  // As the newest publications have it, of these that of the first peer; it
  // begins as `center`, with slots of the names given at `first`. kBadInput for
  // one of another size.
  static ServerState Of(const RoundArgs& args, std::vector<Real> center,
                        const std::map<std::string, Real>& first);
  void Publish(NamedArrays* arrays) const;
};

// The fields of CotrainOptions that all these methods read.
std::vector<std::string_view> ParamFields();

// What all of them are like; `means`: RoundTraits::means.
RoundTraits ParamTraits(bool means, std::string_view rows_by = "random");

}  // namespace mtlkit
