/**
 * The UCI regression benchmark of Monte Carlo dropout: reads the folder layout in which its splits are
 * published and repeats its recipe.
 */
@NullMarked
package org.mirage4j.classifier.uci;

import org.jspecify.annotations.NullMarked;
