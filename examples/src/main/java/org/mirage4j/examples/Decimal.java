package org.mirage4j.examples;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Decimal numbers; what range is allowed is for the options' owner to say. */
final class Decimal implements ITypeConverter<Double> {
    @Override
    public Double convert(String value) {
        try {
            return Double.valueOf(value);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("found '" + value + "', allowed are decimal numbers such as 0.0002");
        }
    }
}
