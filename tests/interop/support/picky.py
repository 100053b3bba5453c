"""A web server that gives its file only to those it likes."""

import http.server
import threading


class PickyServer:
    """Serves one file; `likes` says, by the request's headers, who gets it."""

    def __init__(self, data, likes):
        self.asked = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                liked = likes(self.headers)
                outer.asked.append(liked)
                self.send_response(200 if liked else 503)
                self.send_header("content-length", str(len(data) if liked else 0))
                self.end_headers()
                if liked:
                    self.wfile.write(data)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/file"

    def stop(self):
        """Ends it."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
