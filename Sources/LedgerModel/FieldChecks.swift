package import Cryptography
package import Foundation
internal import Wire

extension Digest {
  /// Reads a 32-byte field.
  package init(_ data: Data, field: String) throws(ModelFault) {
    guard let digest = Digest(data.octets) else {
      throw .invalid(
        field: field, value: data.octets.prefix(40).hex, remedy: "it must have 32 bytes")
    }
    self = digest
  }
}

extension String {
  /// A name of members, contracts and the like: 1 to 64 printable ASCII characters without blanks.
  package func checkedName(field: String) throws(ModelFault) -> String {
    guard 1...Limits.nameBytes ~= utf8.count, utf8.allSatisfy({ 0x21...0x7e ~= $0 }) else {
      throw .invalid(
        field: field, value: String(prefix(80)),
        remedy: "use 1 to \(Limits.nameBytes) printable ASCII characters without blanks")
    }
    return self
  }
}
