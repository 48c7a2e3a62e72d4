public import Foundation

/// The folder that `yilian network create --manifest` makes.
///
///     manifest.json
///     CHAIN/           a network folder for each chain
///     routers/ROUTER/  router.json  router.key  system-CHANNEL.key  router.pid  router.log  data/
public struct ChainsFolder: Sendable {
  public static let routersName = "routers"
  static let manifestName = "manifest.json"

  public let url: URL

  public init(_ path: String) {
    url = URL(filePath: path, directoryHint: .isDirectory)
  }

  public var manifest: URL { url.appending(path: Self.manifestName) }

  /// The folder of one chain.
  public func chain(_ name: String) -> NetworkFolder {
    NetworkFolder(url.appending(path: name, directoryHint: .isDirectory).path)
  }

  /// The home of a router.
  public func home(ofRouter name: String) -> URL {
    url.appending(path: Self.routersName, directoryHint: .isDirectory)
      .appending(path: name, directoryHint: .isDirectory)
  }

  /// Name of the copy of a system's key file in the home of a router.
  public static func systemKey(on channel: String) -> String { "system-\(channel).key" }

  /// Whether the folder was made from a manifest.
  public var isPresent: Bool { FileManager.default.fileExists(atPath: manifest.path) }

  /// What runs here.
  public func readManifest() throws(LayoutFault) -> ChainsManifest {
    try ChainsManifest(file: manifest)
  }

  public func write(_ manifest: ChainsManifest) throws(LayoutFault) {
    try Files.encode(manifest, to: self.manifest)
  }
}
