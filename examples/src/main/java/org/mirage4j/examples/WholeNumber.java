package org.mirage4j.examples;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Whole numbers of either sign: seeds. */
final class WholeNumber implements ITypeConverter<Long> {
    @Override
    public Long convert(String value) {
        try {
            return Long.valueOf(value);
        } catch (NumberFormatException e) {
            throw new TypeConversionException("found '" + value + "', allowed are whole numbers of 64 bits");
        }
    }
}
