import helper.inner
