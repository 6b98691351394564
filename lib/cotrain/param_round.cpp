#include "cotrain/param_round.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "cotrain/aggregate.h"

namespace mtlkit {
namespace {

constexpr const char* kCenter = "server-center";

std::string SlotName(const std::string& slot) {
  return "server-" + slot;
}

std::vector<Real> NumbersOf(const Publication& publication,
                            const std::string& name, std::size_t size) {
  const auto* values = FindNamed<Real>(publication.arrays, name);
  Require(values != nullptr && values->size() == size, ErrorKind::kBadInput,
          Str("the publication of round ", publication.round, " of peer ",
              publication.peer, " lacks the array '", name, "' of ", size,
              " numbers"),
          "it was made by another method; restore it");
  return *values;
}

}  // namespace

ParamRound::ParamRound(const RoundArgs& args, const Params& params)
    : exchanged_(args.spec.cotrain.params,
                 args.spec.cotrain.buffers == "average", params),
      own_(exchanged_.Take(params)) {
  std::vector<std::vector<Real>> values;
  std::vector<PeerNumbers> peers;
  values.reserve(args.publications.size());
  for (const Publication& publication : args.publications) {
    values.push_back(exchanged_.Take(publication.params));
    peers.push_back({values.back(), static_cast<double>(publication.rows)});
  }
  peers_ = peers.size();
  if (peers.empty()) {
    together_ = own_;
    return;
  }
  const auto aggregate = MakeAggregate(args.spec.cotrain.aggregate);
  together_ = AggregateOf(*aggregate, peers, exchanged_.weight_count());
  if (std::ssize(peers) < aggregate->least_peers()) {
    note_ = Str("--aggregate ", args.spec.cotrain.aggregate, " has ",
                Counted(std::ssize(peers), "peer", "peers"),
                " to choose from, and withstands bad ones only with ",
                aggregate->least_peers());
  }
}

ServerState ServerState::Of(const RoundArgs& args, std::vector<Real> center,
                            const std::map<std::string, Real>& first) {
  ServerState state;
  const Publication* newest = nullptr;
  for (const Publication& publication : args.publications) {
    if (newest == nullptr || publication.round > newest->round) {
      newest = &publication;
    }
  }
  const std::size_t size = center.size();
  state.center =
      newest == nullptr ? std::move(center) : NumbersOf(*newest, kCenter, size);
  for (const auto& [slot, value] : first) {
    state.slots[slot] = newest == nullptr
                            ? std::vector<Real>(size, value)
                            : NumbersOf(*newest, SlotName(slot), size);
  }
  return state;
}

void ServerState::Publish(NamedArrays* arrays) const {
  const Shape shape = {static_cast<Index>(center.size())};
  (*arrays)[kCenter] = {shape, center};
  for (const auto& [slot, values] : slots) {
    (*arrays)[SlotName(slot)] = {shape, values};
  }
}

std::vector<std::string_view> ParamFields() {
  return {"params", "buffers", "aggregate", "fraction"};
}

RoundTraits ParamTraits(bool means, std::string_view rows_by) {
  return {.least_peers = 2,
          .same_start = true,
          .fields = ParamFields(),
          .default_rows_by = rows_by,
          .publishes_params = true,
          .means = means};
}

}  // namespace mtlkit
