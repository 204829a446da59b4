package cutaway.cli;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The tree is the architecture: a module uses only those that stand above it in the root pom.
///
/// It lives in the tests of the last module because only there are the classes of all modules on the class path.
class ArchitectureTest {

    private static final JavaClasses CUTAWAY = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("cutaway");

    @Test
    void everyModuleIsSeen() {
        for (String module : List.of("tensor", "model", "interp", "features", "lab", "studies", "server", "cli")) {
            assertTrue(
                    CUTAWAY.stream().anyMatch(type -> type.getPackageName().startsWith("cutaway." + module)),
                    () -> "no class of " + module + " was found: the rules below would hold for nothing");
        }
    }

    @Test
    void aModuleUsesOnlyThoseAboveIt() {
        layeredArchitecture()
                .consideringOnlyDependenciesInLayers()
                .layer("tensor")
                .definedBy("cutaway.tensor..")
                .layer("model")
                .definedBy("cutaway.model..")
                .layer("interp")
                .definedBy("cutaway.interp..")
                .layer("features")
                .definedBy("cutaway.features..")
                .layer("lab")
                .definedBy("cutaway.lab..")
                .layer("studies")
                .definedBy("cutaway.studies..")
                .layer("server")
                .definedBy("cutaway.server..")
                .layer("cli")
                .definedBy("cutaway.cli..")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("server")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("studies")
                .mayOnlyBeAccessedByLayers("server", "cli")
                .whereLayer("lab")
                .mayOnlyBeAccessedByLayers("studies", "server", "cli")
                .whereLayer("features")
                .mayOnlyBeAccessedByLayers("lab", "studies", "server", "cli")
                .whereLayer("interp")
                .mayOnlyBeAccessedByLayers("features", "lab", "studies", "server", "cli")
                .whereLayer("model")
                .mayOnlyBeAccessedByLayers("interp", "features", "lab", "studies", "server", "cli")
                .check(CUTAWAY);
    }

    @Test
    void onlyTensorSeesLibTorch() {
        noClasses()
                .that()
                .resideOutsideOfPackage("cutaway.tensor..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.bytedeco..")
                .check(CUTAWAY);
    }

    @Test
    void onlyTheTablesSeeDuckDb() {
        noClasses()
                .that()
                .resideOutsideOfPackage("cutaway.interp.table..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.duckdb..")
                .check(CUTAWAY);
    }
}
