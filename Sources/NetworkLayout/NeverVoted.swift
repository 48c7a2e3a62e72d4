public import Foundation

/// The file that says that the key of a home has never voted: made with the key, used up by the
/// first start.
///
/// A validator that starts empty without it may have voted before and lost its journal (N8).
public struct NeverVoted: Sendable {
  private let home: URL
  private var file: URL { home.appending(path: "never-voted") }

  public init(home: URL) {
    self.home = home
  }

  public var isPresent: Bool { FileManager.default.fileExists(atPath: file.path) }

  /// Only for a key that has just been made.
  public func write() throws(LayoutFault) {
    try Files.write(
      Array(
        """
        This home's key has never voted. The first start removes this file. Leave it out of \
        copies: put back after the key has voted, it would let the node contradict itself.

        """.utf8), to: file)
  }

  /// Removes the file for good: it does not come back if the machine stops after this.
  public func useUp() throws(LayoutFault) {
    guard isPresent else { return }
    do {
      try FileManager.default.removeItem(at: file)
      let folder = try FileHandle(forReadingFrom: home)
      try folder.synchronize()
      try folder.close()
    } catch {
      throw .unwritable(path: file.path, reason: error.localizedDescription)
    }
  }
}
