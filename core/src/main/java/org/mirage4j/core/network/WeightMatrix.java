package org.mirage4j.core.network;

/**
 * Where the flat parameters of a network hold the weights of one layer: a matrix in row-major order, of one row for
 * each output unit or channel of a dense layer or convolution, for each input channel of a transposed one.
 *
 * @param layer name of the layer
 * @param offset index of the first element
 * @param rows number of rows
 * @param columns number of columns
 */
public record WeightMatrix(String layer, int offset, int rows, int columns) {}
