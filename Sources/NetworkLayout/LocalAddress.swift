/// How a program on the same machine names an address that another listens on.
enum LocalAddress {
  /// The host for a URL.
  static func host(_ listening: String) -> String {
    switch listening {
    case "0.0.0.0": "127.0.0.1"
    case "::": "[::1]"
    default: listening.contains(":") ? "[\(listening)]" : listening
    }
  }
}
