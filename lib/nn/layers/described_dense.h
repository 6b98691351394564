#pragma once

#include <string>

#include "base/options.h"
#include "nn/layers/layers.h"

namespace mtlkit {

// What the options of a dense layer are in files.
struct DescribedDense {
  DescribedDense() : DescribedDense(DenseOptions{}) {}
  explicit DescribedDense(const DenseOptions& options)
      : units(options.units),
        activation(ActivationName(options.activation)),
        bias(options.bias),
        kernel_init(InitializerName(options.kernel_init)),
        kernel_value(options.kernel_init.value),
        bias_init(InitializerName(options.bias_init)),
        bias_value(options.bias_init.value) {}
  DenseOptions Options() const {
    return {units, ParseActivation(activation), bias,
            ParseInitializer(kernel_init, kernel_value),
            ParseInitializer(bias_init, bias_value)};
  }
  void Describe(Fields& fields) {
    fields("units", units, "columns of the output", Between(1, 1 << 28));
    fields("activation", activation, "applied to the product",
           ActivationNames());
    fields("bias", bias, "whether there is one");
    fields("kernel-init", kernel_init, "how the kernel begins",
           InitializerNames());
    fields("kernel-value", kernel_value, "a number of it");
    fields("bias-init", bias_init, "how the bias begins", InitializerNames());
    fields("bias-value", bias_value, "a number of it");
  }

  Index units;
  std::string activation;
  bool bias;
  std::string kernel_init;
  double kernel_value;
  std::string bias_init;
  double bias_value;
};

}  // namespace mtlkit
