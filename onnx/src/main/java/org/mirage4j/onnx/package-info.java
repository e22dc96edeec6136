/**
 * ONNX files as feature extractors. A module of its own, because ONNX Runtime is larger than everything else here.
 */
@NullMarked
package org.mirage4j.onnx;

import org.jspecify.annotations.NullMarked;
