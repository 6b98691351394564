#include "h5/confined_answer.h"

#include "h5/guard.h"
#include "h5/hdf5_session.h"

namespace mtlkit {

std::string ConfinedAnswer(Index bytes, Index most_answer,
                           const std::function<std::string()>& work) {
  const internal::Hdf5Lock lock;
  return internal::AnswerOfConfined(
      {.bytes = bytes, .most_answer = most_answer}, work);
}

}  // namespace mtlkit
