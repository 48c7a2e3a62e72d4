public import Foundation

/// Why a file of a network or node folder cannot be used.
public enum LayoutFault: Error, Hashable, Sendable {
  case notANetwork(folder: String)
  /// It was made from a manifest, and each of its chains has a folder of its own.
  case severalChains(folder: String, chains: [String])
  case exists(path: String)
  case unreadable(path: String, reason: String)
  case unwritable(path: String, reason: String)
  case malformed(path: String, reason: String)
}

extension LayoutFault: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notANetwork(let folder):
      "\(folder) is not a network folder: make one with 'yilian network create --dir \(folder)'"
    case .severalChains(let folder, let chains):
      "\(folder) holds several chains: name one of them, "
        + chains.map { "--dir \(folder)/\($0)" }.joined(separator: " or ")
    case .exists(let path): "\(path) exists already: choose another folder or remove it"
    case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
    case .unwritable(let path, let reason): "cannot write \(path): \(reason)"
    case .malformed(let path, let reason): "\(path) is malformed: \(reason)"
    }
  }
}

/// Reading and writing the files of a folder.
public enum Files {
  public static func read(_ file: URL) throws(LayoutFault) -> [UInt8] {
    do {
      return [UInt8](try Data(contentsOf: file))
    } catch {
      let isFolder = (try? file.resourceValues(forKeys: [.isDirectoryKey]))?.isDirectory ?? false
      throw .unreadable(
        path: file.path, reason: isFolder ? "it is a folder" : error.localizedDescription)
    }
  }

  /// - Parameter isSecret: Only the owner may read it.
  public static func write(
    _ bytes: [UInt8], to file: URL, isSecret: Bool = false
  ) throws(LayoutFault) {
    do {
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      if isSecret {
        // Made with its final permissions, so that it is never readable by others.
        guard
          FileManager.default.createFile(
            atPath: file.path, contents: Data(bytes), attributes: [.posixPermissions: 0o600])
        else { throw CocoaError(.fileWriteUnknown) }
      } else {
        try Data(bytes).write(to: file, options: .atomic)
      }
    } catch {
      throw .unwritable(path: file.path, reason: error.localizedDescription)
    }
  }

  static func decode<Value: Decodable>(
    _ type: Value.Type, from file: URL
  ) throws(LayoutFault) -> Value {
    let bytes = try read(file)
    do {
      return try JSONDecoder().decode(type, from: Data(bytes))
    } catch DecodingError.keyNotFound(let key, _) {
      throw .malformed(path: file.path, reason: "\(key.stringValue) is missing")
    } catch {
      throw .malformed(path: file.path, reason: "\(error)")
    }
  }

  static func encode(_ value: some Encodable, to file: URL) throws(LayoutFault) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      try write([UInt8](try encoder.encode(value)) + [0x0a], to: file)
    } catch let fault as LayoutFault {
      throw fault
    } catch {
      throw .unwritable(path: file.path, reason: "\(error)")
    }
  }
}
