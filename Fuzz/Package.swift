// swift-tools-version: 6.3
import PackageDescription

// Built by scripts/fuzz, which asks the compiler to instrument every target.
let package = Package(
  name: "yilian-fuzz",
  dependencies: [
    // Named, so that the checkout's folder may have any name.
    .package(name: "yilian", path: "..")
  ],
  targets: [
    // The declaration of libFuzzer's driver.
    .target(name: "CFuzzer"),
    .executableTarget(
      name: "fuzz",
      dependencies: ["CFuzzer", .product(name: "FuzzEntries", package: "yilian")],
      swiftSettings: [
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .treatAllWarnings(as: .error),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
