// swift-tools-version: 6.3
import PackageDescription

// The plugin finds a suite only in a folder whose parent is called Benchmarks.
func suite(_ name: String, uses modules: [String]) -> Target {
  .executableTarget(
    name: name,
    dependencies: [.product(name: "Benchmark", package: "benchmark")]
      + modules.map { .product(name: $0, package: "yilian") },
    path: "Benchmarks/\(name)",
    swiftSettings: [
      .enableUpcomingFeature("ExistentialAny"),
      .enableUpcomingFeature("InternalImportsByDefault"),
      .enableUpcomingFeature("MemberImportVisibility"),
      .treatAllWarnings(as: .error),
    ],
    plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
}

let package = Package(
  name: "yilian-benchmarks",
  dependencies: [
    // Named, so that the checkout's folder may have any name.
    .package(name: "yilian", path: ".."),
    // Without its traits, which replace malloc and the runtime to count calls: time is measured.
    .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
  ],
  targets: [
    suite("SuiteBenchmarks", uses: ["Cryptography"]),
    suite("MerkleBenchmarks", uses: ["Merkle", "Cryptography"]),
    suite("CodecBenchmarks", uses: ["LedgerModel", "EInvoice", "Cryptography"]),
  ],
  swiftLanguageModes: [.v6]
)
