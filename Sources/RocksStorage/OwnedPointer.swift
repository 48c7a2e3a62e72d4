/// The one owner of an object of the C library: it is destroyed when the owner goes out of scope.
struct OwnedPointer: ~Copyable {
  let pointer: OpaquePointer?
  private let destroy: (OpaquePointer?) -> Void

  init(_ pointer: OpaquePointer?, destroyedBy destroy: @escaping (OpaquePointer?) -> Void) {
    self.pointer = pointer
    self.destroy = destroy
  }

  deinit {
    if pointer != nil { destroy(pointer) }
  }
}
