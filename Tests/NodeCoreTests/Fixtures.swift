import Foundation
import FuzzEntries

/// The folder of inputs and ledgers that every later version must read.
enum Fixtures {
  static let root = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures")

  /// Set to write fixtures anew, on purpose: what they were is then no longer tested.
  static let isWriting = ProcessInfo.processInfo.environment["YILIAN_WRITE_FIXTURES"] != nil

  static func folder(_ decoder: Decoder) -> URL {
    root.appending(path: "fuzz").appending(path: decoder.rawValue)
  }

  /// Every kept input of a decoder, by name.
  static func inputs(_ decoder: Decoder) throws -> [(name: String, bytes: [UInt8])] {
    try FileManager.default.contentsOfDirectory(atPath: folder(decoder).path).sorted().map {
      ($0, [UInt8](try Data(contentsOf: folder(decoder).appending(path: $0))))
    }
  }
}
