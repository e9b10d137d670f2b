// swift-tools-version: 6.2
import PackageDescription

// Libraries that come from PyPI wheels are unpacked here by scripts/bootstrap.
let deps = Context.packageDirectory + "/.deps"

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

/// One Swift library target and, when it has one, its test target.
struct Module {
    let name: String
    let dependencies: [String]
    var clibraries: [String] = []
    var resources: [Resource] = []
    var tests: [String]? = []
}

// Lowest layer first. A target names every target it imports; Tests/TidyTests compares this
// table, the one in ARCHITECTURE.md and the import statements.
let modules: [Module] = [
    // layer 0
    Module(name: "Primitives", dependencies: [], clibraries: ["CZstd", "CYAML", "CZip", "CCrypto", "CMalloc"]),
    // layer 1
    Module(name: "Market", dependencies: ["Primitives"]),
    Module(name: "Statistics", dependencies: ["Primitives"]),
    // layer 2
    Module(name: "Contracts", dependencies: ["Primitives", "Market"]),
    // layer 3
    Module(name: "OrderFlow", dependencies: ["Primitives", "Market"]),
    Module(name: "Features", dependencies: ["Primitives", "Market", "Statistics", "Contracts"]),
    Module(name: "Labels", dependencies: ["Primitives", "Market", "Statistics", "Contracts"]),
    Module(name: "Strategies", dependencies: ["Primitives", "Market", "Contracts"]),
    Module(name: "Execution", dependencies: ["Primitives", "Market", "Contracts"]),
    Module(name: "Portfolio", dependencies: ["Primitives", "Market", "Contracts"]),
    Module(name: "Risk", dependencies: ["Primitives", "Market", "Contracts"]),
    Module(name: "Reporting", dependencies: ["Primitives", "Market", "Statistics", "Contracts"]),
    // layer 4
    Module(
        name: "Engine",
        dependencies: ["Primitives", "Market", "Contracts", "Features", "Strategies", "Execution", "Portfolio", "Risk"]),
    Module(name: "Lake", dependencies: ["Primitives", "Market", "Contracts"], clibraries: ["CDuckDB", "CZstd"]),
    Module(
        name: "Workbook", dependencies: ["Primitives", "Market", "Contracts", "Features", "Labels"],
        clibraries: ["CXlsxWriter"]),
    Module(name: "Ingest", dependencies: ["Primitives", "Market", "Contracts"], clibraries: ["CZstd"]),
    // layer 5
    Module(
        name: "Backtesting",
        dependencies: [
            "Primitives", "Market", "Statistics", "Contracts", "Features", "Strategies", "Execution", "Portfolio", "Risk",
            "Engine",
        ]),
    // layer 6
    Module(
        name: "Pipeline",
        dependencies: [
            "Primitives", "Market", "Statistics", "Contracts", "OrderFlow", "Features", "Labels", "Strategies", "Execution",
            "Portfolio", "Risk", "Reporting", "Engine", "Lake", "Workbook", "Ingest", "Backtesting",
        ]),
]

let libraries: [Target] = modules.map { module in
    .target(
        name: module.name,
        dependencies: (module.dependencies + module.clibraries).map { .init(stringLiteral: $0) },
        resources: module.resources,
        swiftSettings: strict)
}

let tests: [Target] = modules.compactMap { module in
    guard let extra = module.tests else { return nil }
    let dependencies = Set([module.name, "TestKit"] + module.dependencies + extra).sorted()
    return .testTarget(
        name: module.name + "Tests", dependencies: dependencies.map { .init(stringLiteral: $0) },
        // Files that tests read by path.
        exclude: module.name == "Workbook" ? ["Fixtures"] : [], swiftSettings: strict)
}

func system(_ name: String, apt: String) -> Target {
    .systemLibrary(name: name, path: "CLibraries/\(name)", providers: [.apt([apt])])
}

let package = Package(
    name: "apus",
    targets: [
        system("CZstd", apt: "libzstd-dev"),
        system("CYAML", apt: "libyaml-dev"),
        system("CZip", apt: "libzip-dev"),
        system("CXlsxWriter", apt: "libxlsxwriter-dev"),
        system("CCrypto", apt: "libssl-dev"),
        system("CMalloc", apt: "libc6-dev"),
        .target(
            name: "CDuckDB", path: "CLibraries/CDuckDB",
            cSettings: [.unsafeFlags(["-I", deps + "/include", "-w", "-fno-builtin"])],
            linkerSettings: [
                .unsafeFlags([
                    "-Xlinker", "-rpath", "-Xlinker", deps + "/lib",
                    // The library finds its Python symbols in the program that loads it.
                    "-Xlinker", "--dynamic-list=" + Context.packageDirectory + "/CLibraries/CDuckDB/python_symbols.list",
                ])
            ]),
        .executableTarget(
            name: "apus", dependencies: modules.map { .init(stringLiteral: $0.name) }, swiftSettings: strict),
        .executableTarget(
            name: "kernel-benchmark",
            dependencies: ["Primitives", "Market", "Contracts", "Engine", "Backtesting"], path: "Benchmarks/Kernel",
            swiftSettings: strict),
        .target(
            name: "TestKit", dependencies: ["Primitives", "Market", "Contracts"], path: "Tests/TestKit", swiftSettings: strict),
        .testTarget(name: "TidyTests", dependencies: ["TestKit", "Primitives"], swiftSettings: strict),
        .testTarget(
            name: "IntegrationTests", dependencies: ["apus", "TestKit"] + modules.map { .init(stringLiteral: $0.name) },
            swiftSettings: strict),
    ] + libraries + tests,
    swiftLanguageModes: [.v6]
)
