#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "image/fit_picture.h"
#include "image/picture_file.h"

namespace mtlkit {

// Decodes files one after the other and hands on each, turned and in the size
// and channels of `fit`, to `take`, with its number. Libraries that decode see
// the bytes in a child process alone (h5/confined_answer.h), some pictures at
// a time: one that brings them down is an error like others. Memory is that of
// some pictures.
//
// Throws kBadInput, naming the file, where one is damaged or has changed since
// it was listed.
void DecodePictures(
    std::span<const PictureFile> files, const PictureFit& fit,
    const std::function<void(std::size_t, std::span<const std::uint8_t>)>&
        take);

}  // namespace mtlkit
