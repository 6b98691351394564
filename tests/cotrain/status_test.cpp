#include "cotrain/status.h"

#include <doctest/doctest.h>

#include <string>

namespace mtlkit {
namespace {

TEST_CASE("what a round noted forges no line of a run's status") {
  RunStatus status;
  status.spec.method = "co-training";
  status.spec.peers = 1;
  PeerStatus& peer = status.peers.emplace_back();
  peer.round = 2;
  peer.record.emplace().round = 2;
  peer.record->notes = {"nothing was proposed for task 'a\nall rounds hold'"};
  const std::string text = RenderText(status);
  CHECK(text.find("\nall rounds hold") == std::string::npos);
  status.strays = {"peers/009"};
  CHECK(RenderText(status).find("peers/009: no peer of this run\n") !=
        std::string::npos);
  CHECK(text.find("peer 0, round 2: nothing was proposed for task 'a all "
                  "rounds hold'\n") != std::string::npos);
}

}  // namespace
}  // namespace mtlkit
