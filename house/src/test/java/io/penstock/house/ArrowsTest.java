package io.penstock.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/** Holds the arrows between the modules: {@code protocol <- adapters}, {@code protocol <- cluster-config}, all {@code <- proxy-node}. */
class ArrowsTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.penstock");

    @Test
    void protocolKnowsNobody() {
        noClasses()
                .that()
                .resideInAPackage("io.penstock.protocol..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.penstock.adapters..", "io.penstock.config..", "io.penstock.sandbox..", "io.penstock.node..")
                .check(CLASSES);
    }

    @Test
    void protocolIsPure() {
        noClasses()
                .that()
                .resideInAPackage("io.penstock.protocol..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.netty.channel..", "org.apache.pekko..", "java.sql..", "java.net.http..", "com.fasterxml..")
                .check(CLASSES);
    }

    @Test
    void adaptersKnowOnlyTheProtocolAndDoNoInputOrOutput() {
        noClasses()
                .that()
                .resideInAPackage("io.penstock.adapters..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.penstock.config..",
                        "io.penstock.sandbox..",
                        "io.penstock.node..",
                        "io.netty..",
                        "org.apache.pekko..",
                        "java.sql..",
                        "java.net.http..")
                .check(CLASSES);
    }

    @Test
    void configurationKnowsOnlyTheProtocol() {
        noClasses()
                .that()
                .resideInAPackage("io.penstock.config..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.penstock.adapters..", "io.penstock.sandbox..", "io.penstock.node..")
                .check(CLASSES);
    }

    @Test
    void sandboxesKnowNobodySoThatNoMistakeIsSharedWithAnAdapter() {
        noClasses()
                .that()
                .resideInAPackage("io.penstock.sandbox..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.penstock.protocol..",
                        "io.penstock.adapters..",
                        "io.penstock.config..",
                        "io.penstock.node..")
                .allowEmptyShould(true)
                .check(CLASSES);
    }
}
