internal import Foundation
internal import Glibc

/// Output for people: aligned, and on standard error where standard output is for programs.
enum Terminal {
  /// Whether people watch standard error, so that progress is worth showing.
  static var isWatched: Bool { isatty(STDERR_FILENO) == 1 }

  static func print(_ line: String) {
    do {
      try FileHandle.standardOutput.write(contentsOf: Data((line + "\n").utf8))
    } catch {
      // Whoever read the output has gone: there is nobody left to write for.
      exit(0)
    }
  }

  static func error(_ line: String) {
    try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
  }

  /// The text with control and direction characters spelled out: what comes from a ledger or a node
  /// must not move the cursor or look like another line.
  static func clean(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: \.isControl) else { return text }
    return text.unicodeScalars.reduce(into: "") { cleaned, scalar in
      cleaned += scalar.isControl ? scalar.escaped(asASCII: true) : String(scalar)
    }
  }

  /// Replaces the line of progress.
  static func progress(_ text: String) {
    guard isWatched else { return }
    try? FileHandle.standardError.write(contentsOf: Data("\r\u{1B}[K\(text)".utf8))
  }

  /// Columns that a text takes: East Asian wide characters take two.
  static func width(_ text: String) -> Int {
    text.unicodeScalars.reduce(0) { $0 + ($1.isWide ? 2 : 1) }
  }

  static func pad(_ text: String, to columns: Int) -> String {
    text + String(repeating: " ", count: max(0, columns - width(text)))
  }

  /// Rows with each column as wide as its widest cell.
  static func table(_ rows: [[String]]) -> [String] {
    let rows = rows.map { $0.map(clean) }
    var widths: [Int] = []
    for row in rows {
      for (column, cell) in row.enumerated() {
        if column == widths.count { widths.append(0) }
        widths[column] = max(widths[column], width(cell))
      }
    }
    return rows.map { row in
      let cells = row.enumerated().map { column, cell in
        column == row.count - 1 ? cell : pad(cell, to: widths[column])
      }
      return cells.joined(separator: "  ")
    }
  }

  /// One JSON document on standard output, keys sorted.
  static func json(_ value: some Encodable) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    print(String(decoding: try encoder.encode(value), as: UTF8.self))
  }
}

extension Unicode.Scalar {
  /// C0, DEL, C1, and the characters that change the direction of text.
  fileprivate var isControl: Bool {
    switch value {
    case 0..<0x20, 0x7F...0x9F, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }

  /// CJK, fullwidth forms and the like (Unicode Standard Annex 11, W and F, main blocks).
  fileprivate var isWide: Bool {
    switch value {
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x20000...0x3FFFD:
      true
    default: false
    }
  }
}
