#include "h5/confine.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <limits>
#include <vector>

namespace mtlkit::internal {
namespace {

#if defined(__x86_64__)
constexpr unsigned kMachine = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr unsigned kMachine = AUDIT_ARCH_AARCH64;
#else
constexpr unsigned kMachine = 0;
#endif

// What HDF5 and the C library need to compute with what is open already.
constexpr int kAllowed[] = {
    SYS_read,          SYS_pread64,      SYS_write,     SYS_lseek,
    SYS_fstat,         SYS_mmap,         SYS_munmap,    SYS_mremap,
    SYS_mprotect,      SYS_brk,          SYS_madvise,   SYS_futex,
    SYS_clock_gettime, SYS_gettimeofday, SYS_getpid,    SYS_sched_yield,
    SYS_rt_sigreturn,  SYS_exit,         SYS_exit_group};

sock_filter Step(unsigned code, unsigned value) {
  return {static_cast<unsigned short>(code), 0, 0, value};
}

sock_filter Compare(unsigned value, unsigned char if_equal,
                    unsigned char if_not) {
  return {static_cast<unsigned short>(BPF_JMP | BPF_JEQ | BPF_K), if_equal,
          if_not, value};
}

void ForbidCalls() {
  if (kMachine == 0) return;
  std::vector<sock_filter> steps = {
      Step(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      Compare(kMachine, 1, 0), Step(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
      Step(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr))};
  for (const int call : kAllowed) {
    steps.push_back(Compare(static_cast<unsigned>(call), 0, 1));
    steps.push_back(Step(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
  }
  // Refused, not killed: the library may ask for what it can do without.
  steps.push_back(Step(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM));
  const sock_fprog program = {static_cast<unsigned short>(steps.size()),
                              steps.data()};
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return;
  (void)::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

void CloseAllBut(int a, int b) {
#ifdef SYS_close_range
  const auto close = [](int first, int last) {
    if (first > last) return;
    (void)::syscall(SYS_close_range, static_cast<unsigned>(first),
                    static_cast<unsigned>(last), 0U);
  };
  const int low = std::min(a, b);
  const int high = std::max(a, b);
  close(0, low - 1);
  close(low + 1, high - 1);
  close(high + 1, std::numeric_limits<int>::max());
#else
  (void)a;
  (void)b;
#endif
}

}  // namespace

void Confine(int answer, int kept) {
  CloseAllBut(answer, kept);
  // What is open stays so; nothing else can be opened.
  const struct rlimit none {};
  (void)::setrlimit(RLIMIT_NOFILE, &none);
  ForbidCalls();
}

}  // namespace mtlkit::internal
