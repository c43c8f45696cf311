/** What CommonJS gets. */

'use strict';

exports.commonjsEntries = { ...require('ostiary/express'), ...require('ostiary/passport') };
