internal import Foundation
internal import Glibc

/// The process that runs the node of a home on this machine, if there is one.
struct HomeProcess {
  let home: URL

  /// The process that the pid file names, if it runs and is this node: a stale file may name
  /// another program.
  var recorded: pid_t? {
    let file = home.appending(path: "node.pid")
    guard let text = try? String(contentsOf: file, encoding: .utf8),
      let pid = pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)), pid > 1, isNode(pid)
    else { return nil }
    return pid
  }

  /// A process of this node, be it one that has not written its pid file yet.
  var any: pid_t? {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return entries.lazy.compactMap { pid_t($0) }.first(where: isNode)
  }

  /// Whether the process runs, and is `yilian-node` with this home.
  func isNode(_ pid: pid_t) -> Bool {
    guard let commandLine = try? Data(contentsOf: URL(filePath: "/proc/\(pid)/cmdline")) else {
      return false
    }
    let words = commandLine.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    guard words.contains(where: { $0.hasSuffix("yilian-node") }) else { return false }
    let named = zip(words, words.dropFirst()).first { $0.0 == "--home" }?.1
    guard
      let path = named
        ?? words.first(where: { $0.hasPrefix("--home=") }).map({ String($0.dropFirst(7)) })
    else { return false }
    let current = URL(filePath: "/proc/\(pid)/cwd").resolvingSymlinksInPath()
    let folder = URL(filePath: path, directoryHint: .isDirectory, relativeTo: current)
    return folder.absoluteURL.resolvingSymlinksInPath().path
      == home.absoluteURL.resolvingSymlinksInPath().path
  }
}
