// Counts what buffers of a graphics device there are, by what is asked of the browser.

/** @returns bytes of buffers that were made and not given back: now, and at most since `most` was last set. */
export function watchBuffers() {
  const buffers = { live: 0, most: 0 };
  if (!globalThis.GPUDevice) {
    return buffers;
  }
  const { createBuffer } = GPUDevice.prototype;
  GPUDevice.prototype.createBuffer = function (descriptor) {
    const buffer = createBuffer.call(this, descriptor);
    buffers.live += buffer.size;
    buffers.most = Math.max(buffers.most, buffers.live);
    return buffer;
  };
  const { destroy } = GPUBuffer.prototype;
  const gone = new WeakSet();
  GPUBuffer.prototype.destroy = function () {
    if (!gone.has(this)) {
      gone.add(this);
      buffers.live -= this.size;
    }
    destroy.call(this);
  };
  return buffers;
}
