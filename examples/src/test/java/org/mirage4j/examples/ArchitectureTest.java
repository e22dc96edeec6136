package org.mirage4j.examples;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static com.tngtech.archunit.library.GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.mirage4j.core.MirageException;

/** The rules of the house that no compiler checks. */
class ArchitectureTest {
    private static final String[] LIBRARIES = {"org.mirage4j.core..", "org.mirage4j.classifier..", "org.mirage4j.gan.."
    };
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .withImportOption(location -> !location.contains("-tests.jar"))
            .importPackages("org.mirage4j");

    @Test
    void modulesDependDownwardsOnly() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("core")
                .definedBy("org.mirage4j.core..")
                .layer("classifier")
                .definedBy("org.mirage4j.classifier..")
                .layer("gan")
                .definedBy("org.mirage4j.gan..")
                .layer("examples")
                .definedBy("org.mirage4j.examples..")
                .whereLayer("examples")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("gan")
                .mayOnlyBeAccessedByLayers("examples")
                .whereLayer("classifier")
                .mayOnlyBeAccessedByLayers("examples")
                .withOptionalLayers(true)
                .check(CLASSES);
    }

    @Test
    void packagesOfAModuleHaveNoCycles() {
        slices().matching("org.mirage4j.(*).(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    /** Pass and Wanted are what callers of a network speak in, NoisyRows what layers of their own are told. */
    @Test
    void onlyNetworksHoldAnEngine() {
        noClasses()
                .that()
                .resideOutsideOfPackages("org.mirage4j.core.engine..", "org.mirage4j.core.network..")
                .should()
                .dependOnClassesThat()
                .haveNameMatching(
                        "org\\.mirage4j\\.core\\.engine\\.(?!Pass$|Pass\\$Mode$|Pass\\$Part$|NoisyRows$|Wanted$).*")
                .check(CLASSES);
    }

    @Test
    void onlyTheEngineRunsGraphs() {
        noClasses()
                .that()
                .resideOutsideOfPackages("org.mirage4j.core.engine..", "org.mirage4j.core.network..")
                .should()
                .callMethodWhere(target(owner(assignableTo(ComputationGraph.class)))
                        .and(target(nameMatching("fit|pretrain.*|output.*|feedForward.*|backpropGradient"
                                + "|computeGradientAndScore|score.*|rnn.*|applyConstraints"))))
                .check(CLASSES);
    }

    @Test
    void librariesLeaveStandardStreamsAlone() {
        noClasses()
                .that()
                .resideInAnyPackage(LIBRARIES)
                .should(ACCESS_STANDARD_STREAMS)
                .check(CLASSES);
    }

    @Test
    void logsGoThroughSlf4j() {
        NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING.check(CLASSES);
    }

    /** One family, so that a program can catch all that a user can put right. */
    @Test
    void exceptionsOfTheLibraryAreMirageExceptions() {
        classes()
                .that()
                .resideInAnyPackage(LIBRARIES)
                .and()
                .areAssignableTo(Throwable.class)
                .and()
                .arePublic()
                .should()
                .beAssignableTo(MirageException.class)
                .check(CLASSES);
    }

    @Test
    void everyPackageIsNullMarked() {
        classes()
                .should(ArchCondition.from(
                        DescribedPredicate.describe("reside in a package that is @NullMarked", type -> type.getPackage()
                                .isAnnotatedWith(NullMarked.class))))
                .check(CLASSES);
    }
}
