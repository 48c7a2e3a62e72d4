internal import CFuzzer
internal import Foundation
internal import FuzzEntries

/// Gives one decoder, named by `YILIAN_FUZZ`, the inputs that libFuzzer makes up.
@main
enum Fuzz {
  static func main() {
    guard setup != nil else {
      let names = Decoder.allCases.map(\.rawValue).joined(separator: " ")
      print("set YILIAN_FUZZ to one of: \(names)")
      exit(2)
    }
    var count = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    let code = unsafe withUnsafeMutablePointer(to: &arguments) { arguments in
      unsafe arguments.withMemoryRebound(
        to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.self, capacity: 1
      ) { unsafe LLVMFuzzerRunDriver(&count, $0, judge) }
    }
    exit(code)
  }

  static let setup: (Decoder, FuzzChain)? = {
    guard let name = ProcessInfo.processInfo.environment["YILIAN_FUZZ"],
      let decoder = Decoder(rawValue: name)
    else { return nil }
    do {
      return (decoder, try FuzzChain())
    } catch {
      preconditionFailure("the chain has constant keys: \(error)")
    }
  }()
}

/// A second encoding is as much a finding as a trap.
private func judge(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard let (decoder, chain) = Fuzz.setup else { return -1 }
  let input = unsafe [UInt8](UnsafeBufferPointer(start: bytes, count: count))
  if case .ambiguous(let other) = decoder.judge(input, on: chain) {
    preconditionFailure("the input has a second encoding, of \(other.count) bytes")
  }
  return 0
}
