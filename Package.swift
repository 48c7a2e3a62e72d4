// swift-tools-version: 6.3
import PackageDescription

// One line per target, bottom layer first. A target may name only targets above it in this list.
let package = Package(
  name: "yilian",
  products: [
    .executable(name: "yilian-node", targets: ["yilian-node"]),
    .executable(name: "yilian-router", targets: ["yilian-router"]),
    .executable(name: "yilian", targets: ["yilian"]),
    .library(name: "LedgerClient", targets: ["LedgerClient"]),
    .library(name: "LightVerifier", targets: ["LightVerifier"]),
    .library(name: "GatewayKit", targets: ["GatewayKit"]),
    .library(name: "RESTGateway", targets: ["RESTGateway"]),
    .library(name: "Cryptography", targets: ["Cryptography"]),
    .library(name: "EInvoice", targets: ["EInvoice"]),
    .library(name: "LedgerModel", targets: ["LedgerModel"]),
    .library(name: "Merkle", targets: ["Merkle"]),
    // For the package in Fuzz/.
    .library(name: "FuzzEntries", targets: ["FuzzEntries"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.35.2"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    // 0. C libraries of the host
    .systemLibrary(
      name: "CRocksDB", pkgConfig: "rocksdb", providers: [.apt(["librocksdb-dev"])]),
    .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CGcrypt", pkgConfig: "libgcrypt", providers: [.apt(["libgcrypt20-dev"])]),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    // 1. Foundations
    .target(name: "Cryptography", dependencies: ["COpenSSL", "CGcrypt", "CSodium"]),
    .target(name: "Storage"),
    .target(name: "RocksStorage", dependencies: ["Storage", "CRocksDB"]),
    .target(
      name: "Wire", dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
      exclude: ["Schema"]),
    .target(name: "EInvoice", dependencies: ["CLibXML2"]),
    // 2. Facts
    .target(
      name: "LedgerModel",
      dependencies: [
        "Wire", "Cryptography", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ]),
    .target(name: "Merkle", dependencies: ["Cryptography"]),
    .target(
      name: "LedgerStore",
      dependencies: ["LedgerModel", "Merkle", "Storage", "Wire", "Cryptography"]),
    .target(
      name: "LightVerifier", dependencies: ["LedgerModel", "Merkle", "Wire", "Cryptography"]),
    // 3. Machines: no clock, socket, disk, thread, Foundation
    .target(
      name: "ContractEngine",
      dependencies: [
        "LedgerModel", "Wire", "Cryptography",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ]),
    .target(
      name: "BuiltinContracts",
      dependencies: [
        "ContractEngine", "LightVerifier", "LedgerModel", "Wire", "Cryptography",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      path: "contracts",
      exclude: [
        "invoices/README.md", "invoices/invoices.proto", "registry/README.md",
        "governance/README.md", "relay/README.md", "relay/relay.proto",
        "relay/messages.proto", "relay/blame.proto", "relay/identity.proto",
        "relay/gateways.proto",
      ]),
    .target(
      name: "Execution", dependencies: ["ContractEngine", "LedgerModel", "Wire", "Cryptography"]),
    .target(name: "TransactionPool", dependencies: ["LedgerModel", "Cryptography"]),
    .target(name: "Consensus", dependencies: ["Cryptography", "LedgerModel"]),
    .target(
      name: "NodeCore",
      dependencies: [
        "Consensus", "Execution", "LedgerStore", "LedgerModel", "Wire", "Cryptography",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ]),
    .target(
      name: "RouterCore", dependencies: ["BuiltinContracts", "LedgerModel", "Wire", "Cryptography"]),
    // 4. Adapters
    .target(
      name: "Transport",
      dependencies: [
        "Cryptography",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .target(name: "NetworkLayout"),
    .target(
      name: "NodeAPI",
      dependencies: [
        "LedgerModel", "Wire", "Cryptography",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HummingbirdTLS", package: "hummingbird"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
      ]),
    .target(
      name: "LedgerClient",
      dependencies: [
        "LightVerifier", "LedgerModel", "BuiltinContracts", "EInvoice", "Wire", "Cryptography",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    .target(
      name: "GatewayKit",
      dependencies: [
        "LedgerModel", "Storage", "Wire",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ],
      exclude: ["gateway.proto"]),
    .target(
      name: "RESTGateway",
      dependencies: [
        "GatewayKit", "LedgerModel", "Wire", "Cryptography",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ]),
    .target(
      name: "YilianGateway",
      dependencies: [
        "GatewayKit", "LedgerClient", "LightVerifier", "LedgerModel", "BuiltinContracts", "Wire",
        "Cryptography",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    // 5. Assembly
    .target(
      name: "NodeAssembly",
      dependencies: [
        "RocksStorage", "Storage", "LedgerStore", "BuiltinContracts", "Execution",
        "TransactionPool", "Consensus", "NodeCore", "Transport", "NodeAPI", "LedgerModel",
        "NetworkLayout", "Wire",
        "Cryptography",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    .target(
      name: "RouterAssembly",
      dependencies: [
        "RouterCore", "LedgerClient", "Transport", "NetworkLayout", "LightVerifier",
        "LedgerModel", "BuiltinContracts", "Wire", "Cryptography", "GatewayKit", "RESTGateway",
        "YilianGateway", "RocksStorage", "Storage",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    // 6. Programs
    .executableTarget(
      name: "yilian-router",
      dependencies: [
        "RouterAssembly", .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]),
    .executableTarget(
      name: "yilian-node",
      dependencies: [
        "NodeAssembly", .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
        .product(name: "UnixSignals", package: "swift-service-lifecycle"),
      ]),
    .executableTarget(
      name: "yilian",
      dependencies: [
        "LedgerClient", "RouterCore", "LightVerifier", "LedgerModel", "EInvoice",
        "BuiltinContracts", "NetworkLayout", "Wire", "Cryptography",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ]),
    // Tests
    .target(
      name: "TestLedger",
      dependencies: [
        "LedgerStore", "LedgerModel", "Execution", "ContractEngine", "Storage", "Wire",
        "Cryptography",
      ], path: "Tests/TestLedger"),
    .target(
      name: "Simulator",
      dependencies: [
        "NodeCore", "Consensus", "Execution", "BuiltinContracts", "ContractEngine", "LedgerStore",
        "LedgerModel", "Storage", "TransactionPool", "Wire", "Cryptography", "TestLedger",
      ], path: "Tests/Simulator"),
    .executableTarget(
      name: "yilian-simulate", dependencies: ["Simulator", "NodeCore", "Consensus"]),
    .target(
      name: "FuzzEntries",
      dependencies: [
        "TestLedger", "NodeCore", "Consensus", "LightVerifier", "BuiltinContracts",
        "ContractEngine", "Execution", "EInvoice", "LedgerStore", "LedgerModel", "Wire",
        "Cryptography",
      ], path: "Tests/FuzzEntries"),
    .testTarget(name: "CryptographyTests", dependencies: ["Cryptography", "CGcrypt"]),
    .testTarget(name: "StorageTests", dependencies: ["Storage", "RocksStorage"]),
    .testTarget(name: "EInvoiceTests", dependencies: ["EInvoice"]),
    .testTarget(name: "MerkleTests", dependencies: ["Merkle", "Cryptography"]),
    .testTarget(
      name: "ConsensusTests", dependencies: ["Consensus", "LedgerModel", "Cryptography"]),
    .testTarget(
      name: "ExecutionTests",
      dependencies: [
        "Execution", "BuiltinContracts", "ContractEngine", "LedgerModel", "Wire", "Cryptography",
      ]),
    .testTarget(
      name: "RelayTests",
      dependencies: [
        "TestLedger", "RouterCore", "BuiltinContracts", "ContractEngine", "Execution",
        "LedgerStore",
        "LedgerModel", "Storage", "Wire", "Cryptography",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ]),
    .testTarget(
      name: "TransactionPoolTests",
      dependencies: ["TransactionPool", "LedgerModel", "Cryptography"]),
    .testTarget(
      name: "LedgerStoreTests",
      dependencies: [
        "TestLedger", "LedgerStore", "LightVerifier", "LedgerModel", "Merkle", "Storage",
        "RocksStorage", "Wire", "Cryptography",
      ]),
    .testTarget(
      name: "LightVerifierTests",
      dependencies: [
        "TestLedger", "LightVerifier", "LedgerStore", "LedgerModel", "Wire", "Cryptography",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ]),
    .testTarget(
      name: "NodeCoreTests",
      dependencies: [
        "NodeCore", "FuzzEntries", "TestLedger", "BuiltinContracts", "Execution", "Consensus",
        "LedgerStore", "LightVerifier", "LedgerModel", "RocksStorage", "Storage", "Wire",
        "Cryptography", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ]),
    .testTarget(
      name: "SimulatorTests",
      dependencies: [
        "Simulator", "TestLedger", "NodeCore", "Consensus", "LedgerStore", "LedgerModel",
        "Storage", "Cryptography",
      ]),
    .testTarget(
      name: "TransportTests",
      dependencies: [
        "Transport", "Cryptography",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .testTarget(
      name: "NodeAPITests",
      dependencies: [
        "NodeAPI", "Cryptography", "Wire",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
    .testTarget(
      name: "LedgerClientTests",
      dependencies: [
        "LedgerClient", "NodeAPI", "Cryptography", "Wire",
        .product(name: "Logging", package: "swift-log"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    .target(
      name: "GatewayConformance", dependencies: ["GatewayKit"], path: "Tests/GatewayConformance"),
    .target(
      name: "BureauServer",
      dependencies: [
        "GatewayConformance", "RESTGateway", "GatewayKit", "Wire", "Cryptography",
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
      ], path: "Tests/BureauServer"),
    .testTarget(
      name: "GatewayTests",
      dependencies: [
        "BureauServer", "GatewayConformance", "RESTGateway", "GatewayKit", "RocksStorage",
        "Storage", "LedgerModel", "Wire", "Cryptography", "TestLedger",
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "Hummingbird", package: "hummingbird"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "HTTPTypes", package: "swift-http-types"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .testTarget(name: "TidyTests"),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "yilian", "yilian-node", "yilian-router", "LedgerClient", "LightVerifier", "LedgerModel",
        "NetworkLayout", "NodeAPI", "BuiltinContracts", "EInvoice", "Wire", "Cryptography",
        "YilianGateway", "GatewayKit", "GatewayConformance", "BureauServer", "RESTGateway",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "Logging", package: "swift-log"),
        .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)

// The same strictness for all; pointers only where a C library has its owner, and in what protobuf
// generates.
let unsafeAllowed: Set = [
  "Cryptography", "RocksStorage", "EInvoice", "Wire", "BuiltinContracts", "GatewayKit",
]
for target in package.targets where [.regular, .executable, .test].contains(target.type) {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
  ]
  if target.type == .regular, !unsafeAllowed.contains(target.name) {
    target.swiftSettings?.append(.strictMemorySafety())
  }
}
