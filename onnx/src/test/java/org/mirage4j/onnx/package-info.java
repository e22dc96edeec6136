/** Tests of ONNX extractors, on files that they write themselves. */
@NullMarked
package org.mirage4j.onnx;

import org.jspecify.annotations.NullMarked;
